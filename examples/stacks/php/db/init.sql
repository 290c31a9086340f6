-- The tables and the account of the application.
CREATE DATABASE guests CHARACTER SET utf8mb4;
CREATE TABLE guests.guest (id int AUTO_INCREMENT PRIMARY KEY, name varchar(200) NOT NULL, text text NOT NULL);
INSERT INTO guests.guest (name, text) VALUES ('Ada', 'Lovely.');
CREATE USER guests IDENTIFIED BY 'sesame';
GRANT ALL ON guests.* TO guests;
