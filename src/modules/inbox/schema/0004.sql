-- All that one customer wrote, also in a conversation of somebody else.
CREATE INDEX entry_of_customer ON entry (customer_id) WHERE customer_id > 0;
