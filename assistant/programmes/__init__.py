"""Support programmes as data, and what they mean for a firm: pure, no input or output."""
