CREATE TABLE devices (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    active BOOLEAN NOT NULL DEFAULT 1,
    price DECIMAL NOT NULL
);

CREATE TABLE events (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('started', 'measured', 'failed')),
    device_id INTEGER NOT NULL REFERENCES devices (id),
    body JSON NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP
);

CREATE INDEX events_unsent ON events (happened_at) WHERE sent_at IS NULL;
