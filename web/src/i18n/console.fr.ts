/** What the operator's console says of a vehicle's past, of what is looked for and of alerts as an inbox. */
export const consoleFr = {
  charge_curve: (from: string, first: string, until: string, last: string) =>
    `Charge\u00a0: ${first} le ${from}, ${last} le ${until}.`,
  charge_curve_none: "Aucune charge reçue pendant cette période.",
  past_period: "Période",
  past_days_1: "24 h",
  past_days_7: "7 jours",
  past_days_30: "30 jours",
  past_earned: "Recettes",
  past_earned_note: (charged: string, returned: string) => `${charged} facturés, ${returned} rendus`,
  past_rides: "Trajets",
  past_care: "Interventions",
  past_care_note: (tasks: number, works: number) =>
    `${tasks} ${tasks > 1 ? "tâches" : "tâche"}, ${works} à l’atelier`,
  past_damages: (count: number) => (count > 1 ? `${count} dommages` : `${count} dommage`),
  chapters: "Montrer",
  chapter_all: "Tout",
  chapter_rent: "Locations",
  chapter_state: "États",
  chapter_command: "Commandes",
  chapter_alert: "Alertes et tâches",
  chapter_workshop: "Atelier",
  alert_state_open: "à voir",
  alert_state_acknowledged: "prise en compte",
  alert_state_snoozed: "en veille",
  alert_state_cleared: "close",
  work_order: "Travail d’atelier",
};
