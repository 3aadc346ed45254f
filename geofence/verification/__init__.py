"""May this route be flown: verification, findings, proof."""
