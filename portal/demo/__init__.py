"""The demonstration: two partnerships, real places and reports, made-up people, loaded through the ordinary services."""
