-- The tables and the account of the application.
CREATE DATABASE recipes CHARACTER SET utf8mb4;
CREATE TABLE recipes.recipe (id int AUTO_INCREMENT PRIMARY KEY, name varchar(200) NOT NULL, text text NOT NULL, FULLTEXT (text));
INSERT INTO recipes.recipe (name, text) VALUES ('Bread', 'Mix *flour* and water. Wait. Bake.');
CREATE USER recipes IDENTIFIED BY 'sesame';
GRANT ALL ON recipes.* TO recipes;
