-- name: get_order :one
-- One order by its number.
SELECT * FROM orders WHERE id = :id;

-- name: orders_of :many
-- A customer's orders, newest first.
SELECT o.id, o.state, o.total, o.placed_at, c.name AS customer
FROM orders o
JOIN customers c ON c.id = o.customer_id
WHERE c.email = :email
ORDER BY o.placed_at DESC
LIMIT :limit;

-- name: orders_in :many
-- Orders that are in one of some states.
SELECT * FROM orders WHERE state IN (:states) ORDER BY placed_at;

-- name: spending :many
-- What each customer spent since a day, customers without an order among them.
SELECT c.id, c.name, count(o.id) AS orders, coalesce(sum(o.total), 0) AS total, max(o.placed_at) AS last_order
FROM customers c
LEFT JOIN orders o ON o.customer_id = c.id AND o.placed_at >= :since
GROUP BY c.id, c.name
ORDER BY total DESC;

-- name: export_lines :stream
-- Every line of every order, for a report.
SELECT order_id, sku, quantity, price FROM order_lines ORDER BY order_id, sku;

-- name: add_customer :one
-- Add a customer, or give the one with that address another name.
INSERT INTO customers (email, name)
VALUES (:email, :name)
ON CONFLICT (email) DO UPDATE SET name = excluded.name
RETURNING id;

-- name: place_order :one
-- Place an order.
INSERT INTO orders (customer_id, total, currency, note, details)
VALUES (:customer_id, :total, :currency, :note, :details)
RETURNING *;

-- name: add_lines :batch
-- Add the lines of orders.
INSERT INTO order_lines (order_id, sku, quantity, price)
VALUES (:order_id, :sku, :quantity, :price);

-- name: move_order :exec
-- Move an order to another state, if it is still in the one that is expected.
UPDATE orders SET state = :state WHERE id = :id AND state = :expected;

-- name: forget_order :exec
-- Delete an order and its lines.
DELETE FROM orders WHERE id = :id;
