const visits = (tasks: string) => (tasks === "1" ? "1 intervention" : `${tasks} interventions`);

/** The landing page, in French. */
export const firstFr = {
  title: "Un scooter ou une voiture électrique, à quelques pas.",
  lead: "Réservez, roulez, payez à la minute. La nuit, une équipe prépare le matin.",
  now: "En ce moment",
  mopeds: (count: number) => (count === 1 ? "scooter libre" : "scooters libres"),
  cars: (count: number) => (count === 1 ? "voiture libre" : "voitures libres"),
  stations: (count: number) => (count === 1 ? "station" : "stations"),
  counting: "Nous comptons…",
  enter: "Entrer",
  resident: "Trouver un véhicule",
  resident_hint: "Habitants et visiteurs",
  operator: "Exploitant",
  operator_hint: "La flotte en direct",
  crew: "Équipe de nuit",
  crew_hint: "Tâche par tâche",
  city: "Ville",
  city_hint: "Les chiffres",
  night: "La nuit qui vient",
  promise: (tasks: string, ready: string, day: string) =>
    tasks === "0"
      ? `Aucune intervention : ${ready} véhicules seront prêts ${day} matin.`
      : `${visits(tasks)}, pour ${ready} véhicules prêts ${day} matin.`,
  promise_uncounted: (tasks: string, day: string) =>
    tasks === "0" ? `Aucune intervention prévue avant ${day} matin.` : `${visits(tasks)} avant ${day} matin.`,
  no_promise: "Le plan de la nuit n’est pas encore publié.",
  morning: "Ce matin",
  morning_of: (day: string) => `Le matin de ${day}`,
  fact: (ready: string, promised: string) => `${ready} véhicules prêts, ${promised} promis.`,
  fact_unpromised: (ready: string) => `${ready} véhicules prêts.`,
  no_fact: "La première nuit n’a pas encore été comptée.",
  list: "La liste, sans carte",
  open_data: "Données ouvertes",
  api: "API",
  accessibility: "Accessibilité",
  privacy: "Vie privée",
  legal: "Mentions légales",
  links: "À propos",
};
export type FirstWords = { [key in keyof typeof firstFr]: Spoken<(typeof firstFr)[key]> };
type Spoken<Text> = Text extends (...given: infer Given) => string ? (...given: Given) => string : string;
