"""Heights, surfaces and water."""
