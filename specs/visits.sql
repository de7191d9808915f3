CREATE TABLE visits (
    seen_at TIMESTAMP NOT NULL,
    path VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    milliseconds DOUBLE NOT NULL,
    tags VARCHAR[]
);

CREATE TABLE goals (
    path VARCHAR PRIMARY KEY,
    milliseconds INTEGER NOT NULL,
    budget DECIMAL(10, 2),
    owner VARCHAR
);
