-- +goose Up
CREATE TABLE jobs (
    id bigint unsigned NOT NULL AUTO_INCREMENT,
    queue varchar(64) NOT NULL,
    state enum('waiting', 'running', 'done', 'failed') NOT NULL DEFAULT 'waiting',
    payload json NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    run_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY jobs_by_queue (queue, state, run_at)
);

-- +goose Down
DROP TABLE jobs;
