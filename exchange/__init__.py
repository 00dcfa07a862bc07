"""Plans as files that people keep: workbooks, CSV, YAML text; both ways, without losing anything."""
