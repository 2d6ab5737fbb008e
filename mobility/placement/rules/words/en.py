"""What councillors read."""

WORDS = {
    "decimal": ".",
    "thousands": ",",
    "percent": "%",
    "colon": ": ",
    "thousand": "{amount}k",
    "amount": "{amount}",
    "subtitle": "{city}, study of {day}",
    "footer": "{city} · study {study} · mobility {version}",
    "before": "Today",
    "after": "Proposal",
    "within": "of residents within walking reach",
    "near": "residents within reach",
    "far": "residents too far away",
    "station": "station of today",
    "new_station": "new station",
    "new_count": "+{count}",
    "invested_axis": "Investment, thousands before tax (beside the points: new stations)",
    "share_axis": "Residents within reach, %",
    "figure.asked": "Wishes a day",
    "figure.trips": "Trips a day",
    "figure.unmet": "Wishes without a vehicle a day",
    "figure.ride_km": "Km ridden a day",
    "figure.crew_km": "Crews’ km a night",
    "figure.used_kwh": "kWh used a day",
    "figure.revenue_cents": "Revenue a day, with tax",
    "figure.fixed_cents": "Stations and vehicles a day",
    "figure.crew_cents": "Crews a day",
    "figure.energy_cents": "Energy a day",
    "figure.subsidy_cents": "Subsidy a day",
    "figure.subsidy_per_trip_cents": "Subsidy a trip",
    "figure.co2_kg": "CO₂e a day without making, kg",
    "figure.co2_with_making_kg": "CO₂e a day with making, kg",
    "figure.co2_spared_kg": "CO₂e spared a day without making, kg",
    "figure.co2_spared_with_making_kg": "CO₂e spared a day with making, kg",
    "answer": (
        "With {count} new stations, for {invested} before tax, {after} of the area’s {residents} residents would"
        " have a station within {minutes} minutes on foot, instead of {before} today: {more} more. Running them"
        " would cost {yearly} more each year, crews and energy aside."
    ),
    "answer_played": (
        "By the simulation the service would make {more} more trips a day, and each trip would take a subsidy of"
        " {subsidy}, instead of {before} today."
    ),
    "fact_after": "of residents within {minutes} minutes on foot, instead of {before}",
    "fact_more": "residents within reach",
    "fact_stations": "new stations",
    "fact_invested": "of investment, before tax",
    "caption_map": (
        "Residents within reach of a station, before and after. A square is where people live, larger for more of them."
    ),
    "bend": "Up to this proposal one more resident within reach costs {cost} of investment.",
    "bend_beyond": "Beyond it, up to the largest budget studied, {cost}: that is where the curve bends.",
    "heading_money": "What money changes",
    "caption_front": "The most residents within reach for each budget. The diamond is the proposal.",
    "columns_money": "Scenario|New stations|Investment|More each year|Residents within reach|Share|Proved",
    "note_money": "“Within 2%”: no other choice does better by more than 2% on what is minimised.",
    "proved": "within {gap}",
    "phases": "{name}: what opens in one year stays in the next.",
    "phase": "By the end of year {year}, {count} new stations, {invested}, {share} of residents",
    "phase_join": "; ",
    "heading_communes": "Commune by commune",
    "caption_communes": (
        "Share of residents within reach, today and with the proposal, the most populous communes first."
    ),
    "columns_communes": "Commune|Residents|Today|Proposal|More residents",
    "columns_groups": "Group|People|Today|Proposal",
    "no_groups": (
        "By group (without licence, without car, age): no sourced figures were at hand for this area, and none"
        " was guessed."
    ),
    "note_groups": "Of the residents of whom it is known. Of the car-less, households stand for people.",
    "group.without_licence": "Without a driving licence",
    "group.carless": "Without a car",
    "heading_played": "What the simulation says",
    "played": (
        "The same people with the same wishes look for a vehicle in each scenario, under the rules, prices and"
        " night work of the real service: differences compare the same days."
    ),
    "caption_played": "A day of each scenario; lines are 95% intervals.",
    "columns_played": "A day|Today|Proposal|Difference",
    "note_played": (
        "Means and 95% intervals, of the whole service. The subsidy is what stations, vehicles, crews and energy"
        " cost, less revenue before tax."
    ),
    "heading_stations": "The stations proposed",
    "columns_stations": "Station|Commune|Bays|Chargers|Vehicles|Position",
    "note_stations": (
        "A point named for a commune and a number is the middle of a square: the exact place is chosen on the spot."
    ),
    "heading_assumed": "What is assumed",
    "heading_sources": "Sources and dates",
}

PHRASES = {
    "walks.streets": "Walks: along the streets of OpenStreetMap, at {speed} km/h.",
    "walks.straight_line": "Walks: straight line × {detour} at {speed} km/h, as no streets were imported.",
    "walks.mixed": (
        "Walks: along streets where they are imported, elsewhere straight line × {detour}, at {speed} km/h."
    ),
    "spread": (
        "{spread} of residents are spread evenly over their commune, fields included: results are of communes,"
        " not streets."
    ),
    "candidates": "{candidates} candidates, at least {spacing} m apart; today’s stations stay.",
    "aims": (
        "Minimised: residents out of reach, for {distance} the length of walks, and for {worst} the worst-off commune."
    ),
    "costs": (
        "Costs: {station} a station, {bay} a bay, {charger} a charger, written off over {years} years, vehicles"
        " over {vehicle_years}. {source}."
    ),
    "vehicles": "{vehicles} vehicles a new bay.",
    "demand": (
        "Demand: what the city file expects around today’s stations, carried over to the rest of the area; half"
        " where people live, half where they go. Nobody was asked."
    ),
    "simulated": (
        "Simulation: {replications} times {days} days, {warm_up} of them to warm up. Walks there are straight"
        " lines × 1.3 and riders accept 4 to 15 minutes: being within reach is not always enough."
    ),
    "crews": "Night crews: the service’s plan (its fast version), which knows the mean demand.",
    "gases": "CO₂: {replaced} of the kilometres replace a petrol car. The factors are listed below.",
}
