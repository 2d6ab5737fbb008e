"""Ce que lisent les élus."""

WORDS = {
    "decimal": ",",
    "thousands": " ",
    "percent": " %",
    "colon": " : ",
    "thousand": "{amount} k€",
    "amount": "{amount} €",
    "subtitle": "{city}, étude du {day}",
    "footer": "{city} · étude {study} · mobility {version}",
    "before": "Aujourd’hui",
    "after": "Proposition",
    "within": "des habitants à portée de marche",
    "near": "habitants à portée",
    "far": "habitants trop loin",
    "station": "station existante",
    "new_station": "nouvelle station",
    "new_count": "+{count}",
    "invested_axis": "Investissement, milliers d’euros hors taxes (près des points : nouvelles stations)",
    "share_axis": "Habitants à portée, %",
    "figure.asked": "Demandes par jour",
    "figure.trips": "Trajets par jour",
    "figure.unmet": "Demandes sans véhicule par jour",
    "figure.ride_km": "Km parcourus par jour",
    "figure.crew_km": "Km des équipes par nuit",
    "figure.used_kwh": "kWh utilisés par jour",
    "figure.revenue_cents": "Recettes par jour, € TTC",
    "figure.fixed_cents": "Stations et véhicules par jour, €",
    "figure.crew_cents": "Équipes par jour, €",
    "figure.energy_cents": "Énergie par jour, €",
    "figure.subsidy_cents": "Subvention par jour, €",
    "figure.subsidy_per_trip_cents": "Subvention par trajet, €",
    "figure.co2_kg": "CO₂e par jour sans fabrication, kg",
    "figure.co2_with_making_kg": "CO₂e par jour avec fabrication, kg",
    "figure.co2_spared_kg": "CO₂e évité par jour sans fabrication, kg",
    "figure.co2_spared_with_making_kg": "CO₂e évité par jour avec fabrication, kg",
    "answer": (
        "Avec {count} nouvelles stations, pour {invested} hors taxes, {after} des {residents} habitants du"
        " territoire auraient une station à moins de {minutes} minutes à pied, contre {before} aujourd’hui :"
        " {more} de plus. Les faire vivre coûterait {yearly} de plus par an, hors équipes et énergie."
    ),
    "answer_played": (
        "D’après la simulation, le service ferait {more} trajets de plus par jour, et chaque trajet demanderait"
        " {subsidy} € de subvention, contre {before} € aujourd’hui."
    ),
    "fact_after": "des habitants à moins de {minutes} minutes à pied, contre {before}",
    "fact_more": "habitants à portée",
    "fact_stations": "nouvelles stations",
    "fact_invested": "d’investissement, hors taxes",
    "caption_map": (
        "Habitants à portée d’une station, avant et après. Un carré est un lieu habité, d’autant plus grand qu’on"
        " y habite nombreux."
    ),
    "bend": "Jusqu’à cette proposition, un habitant de plus à portée coûte {cost} € d’investissement.",
    "bend_beyond": (
        "Au-delà, jusqu’au plus grand budget étudié, il en coûte {cost} € : c’est là que la courbe se couche."
    ),
    "heading_money": "Ce que l’argent change",
    "caption_front": "Le plus d’habitants à portée pour chaque budget. Le losange est la proposition.",
    "columns_money": "Scénario|Nouvelles stations|Investissement|De plus par an|Habitants à portée|Part|Prouvé",
    "note_money": (
        "« Prouvé à 2 % près » : aucun autre choix ne ferait mieux de plus de 2 % sur ce que le calcul minimise."
    ),
    "proved": "à {gap} près",
    "phases": "{name} : ce qui ouvre une année reste les suivantes.",
    "phase": "Fin de l’année {year}, {count} nouvelles stations, {invested}, {share} des habitants",
    "phase_join": " ; ",
    "heading_communes": "Commune par commune",
    "caption_communes": (
        "Part des habitants à portée, aujourd’hui et avec la proposition, des communes les plus peuplées en haut"
        " aux plus petites."
    ),
    "columns_communes": "Commune|Habitants|Aujourd’hui|Proposition|Habitants de plus",
    "columns_groups": "Groupe|Personnes|Aujourd’hui|Proposition",
    "no_groups": (
        "Par groupe (sans permis, sans voiture, âge) : aucune donnée sourcée n’était disponible pour ce"
        " territoire. Aucune part n’a été inventée ; les tableaux apparaissent dès que le fichier des habitants"
        " les contient."
    ),
    "note_groups": (
        "Parmi les habitants dont on sait s’ils appartiennent au groupe. Pour les sans-voiture, les ménages"
        " valent pour les personnes."
    ),
    "group.without_licence": "Sans permis de conduire",
    "group.carless": "Sans voiture",
    "heading_played": "Ce que dit la simulation",
    "played": (
        "Les mêmes personnes, avec les mêmes envies, cherchent un véhicule dans chaque scénario, sous les règles,"
        " les tarifs et avec le travail de nuit du service réel. Les écarts comparent donc des jours identiques."
    ),
    "caption_played": "Une journée de chaque scénario ; les traits sont les intervalles de confiance à 95 %.",
    "columns_played": "Par jour|Aujourd’hui|Proposition|Écart",
    "note_played": (
        "Moyennes et intervalles à 95 %. Tout le service compte, scooters compris. La subvention est ce que"
        " coûtent stations, véhicules, équipes et énergie, moins les recettes hors taxes."
    ),
    "heading_stations": "Les stations proposées",
    "columns_stations": "Station|Commune|Places|Bornes|Véhicules|Position",
    "note_stations": (
        "Un point nommé d’après une commune et un numéro est le milieu d’un carré, à quelques centaines de mètres"
        " près : l’emplacement exact se choisit sur place."
    ),
    "heading_assumed": "Ce qui est supposé",
    "heading_sources": "Sources et dates",
}

PHRASES = {
    "walks.streets": "Temps de marche : le long des rues d’OpenStreetMap, à {speed} km/h.",
    "walks.straight_line": (
        "Temps de marche : ligne droite × {detour}, à {speed} km/h, faute de réseau de rues importé. Rivières,"
        " voies ferrées et canaux ne sont pas vus."
    ),
    "walks.mixed": (
        "Temps de marche : le long des rues là où elles sont importées, ailleurs ligne droite × {detour}, à"
        " {speed} km/h."
    ),
    "spread": (
        "{spread} des habitants sont répartis également sur la surface de leur commune, champs compris : seule la"
        " population communale était connue. Les résultats valent pour les communes, pas pour les rues."
    ),
    "candidates": (
        "{candidates} emplacements possibles, à {spacing} m au moins les uns des autres ; les stations"
        " d’aujourd’hui restent."
    ),
    "aims": (
        "Ce qui est minimisé : les habitants hors de portée, pour {distance} la longueur de la marche, et pour"
        " {worst} la commune la moins bien servie."
    ),
    "costs": (
        "Coûts : {station} par station, {bay} par place, {charger} par borne, amortis sur {years} ans, véhicules"
        " sur {vehicle_years} ans. {source}."
    ),
    "vehicles": "{vehicles} véhicule par nouvelle place.",
    "demand": (
        "Demande : celle que le fichier de la ville attend autour des stations d’aujourd’hui, étendue au reste du"
        " territoire ; moitié là où l’on habite, moitié là où l’on va. Personne n’a été interrogé."
    ),
    "simulated": (
        "Simulation : {replications} répétitions de {days} jours, dont {warm_up} de mise en route. Les marches y"
        " sont en ligne droite × 1,3 et chacun accepte entre 4 et 15 minutes : être à portée ne suffit pas"
        " toujours."
    ),
    "crews": "Équipes de nuit : le plan du service (sa version rapide), qui connaît la demande moyenne.",
    "gases": ("CO₂ : {replaced} des kilomètres remplacent une voiture à essence. Les facteurs sont listés plus bas."),
}
