-- The account and the tables of the application.
CREATE ROLE web LOGIN PASSWORD 'sesame';
CREATE DATABASE web OWNER web;
\connect web
SET ROLE web;
CREATE TABLE visits (id serial PRIMARY KEY, page text NOT NULL, at timestamptz NOT NULL DEFAULT now());
