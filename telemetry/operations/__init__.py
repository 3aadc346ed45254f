"""What a flying vehicle can be told besides a plan: each a procedure that waits for the state that proves it."""
