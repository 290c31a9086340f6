-- The account and the tables of the application.
CREATE ROLE shop LOGIN PASSWORD 'sesame';
CREATE DATABASE shop OWNER shop;
\connect shop
SET ROLE shop;
CREATE TABLE orders (id serial PRIMARY KEY, customer text NOT NULL, note text, at timestamptz NOT NULL DEFAULT now());
INSERT INTO orders (customer, note, at) VALUES
	('Ada', 'Zwei Häuser aus Holz', '2024-07-01 12:00Z'),
	('Grace', 'Ein Fahrrad', '2024-07-02 12:00Z');
