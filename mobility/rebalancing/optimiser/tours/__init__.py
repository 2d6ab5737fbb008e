"""Tours of one commodity: every place visited once by equal vans; what the published instances measure."""
