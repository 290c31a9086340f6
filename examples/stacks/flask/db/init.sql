-- The account and the tables of the application.
CREATE ROLE ledger LOGIN PASSWORD 'sesame';
CREATE DATABASE ledger OWNER ledger;
\connect ledger
SET ROLE ledger;
CREATE TABLE entries (id serial PRIMARY KEY, text text NOT NULL, cents int NOT NULL, at timestamptz NOT NULL DEFAULT now());
INSERT INTO entries (text, cents, at) VALUES ('Opening balance', 12345, '2024-07-01 12:00Z');
