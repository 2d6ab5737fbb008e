"""Streets as a network: read from OpenStreetMap, paced for who walks or drives, asked for times and reach."""
