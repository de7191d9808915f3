-- +goose Up
ALTER TABLE jobs ADD COLUMN urgent boolean NOT NULL DEFAULT false;
ALTER TABLE jobs ADD COLUMN finished_at timestamp NULL;
CREATE TABLE job_results (
    job_id bigint unsigned NOT NULL,
    attempt int NOT NULL,
    seconds decimal(10, 3) NOT NULL,
    message varchar(500),
    PRIMARY KEY (job_id, attempt),
    CONSTRAINT of_job FOREIGN KEY (job_id) REFERENCES jobs (id) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE job_results;
ALTER TABLE jobs DROP COLUMN finished_at;
ALTER TABLE jobs DROP COLUMN urgent;
