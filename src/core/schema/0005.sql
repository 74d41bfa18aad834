-- What stands on a customer's timeline beside what was said.
CREATE INDEX event_of_customer ON event (customer_id, id)
  WHERE kind IN ('customer_merged', 'customer_parted', 'customer_blocked');
