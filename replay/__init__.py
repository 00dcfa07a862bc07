"""The replay: a plan's past, played on a server that skips time, by the real workflows, activities and documents."""
