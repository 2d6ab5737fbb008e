import type { FirstWords } from "./first.fr";

const visits = (tasks: string) => (tasks === "1" ? "1 visit" : `${tasks} visits`);

/** The landing page, in English. */
export const firstEn: FirstWords = {
  title: "An electric moped or car, a few steps away.",
  lead: "Reserve, ride, pay by the minute. At night a crew prepares the morning.",
  now: "Right now",
  mopeds: (count) => (count === 1 ? "free moped" : "free mopeds"),
  cars: (count) => (count === 1 ? "free car" : "free cars"),
  stations: (count) => (count === 1 ? "station" : "stations"),
  counting: "Counting…",
  enter: "Enter",
  resident: "Find a vehicle",
  resident_hint: "Residents and visitors",
  operator: "Operator",
  operator_hint: "The fleet, live",
  crew: "Night crew",
  crew_hint: "Task by task",
  city: "City",
  city_hint: "The figures",
  night: "The coming night",
  promise: (tasks, ready, day) =>
    tasks === "0"
      ? `No visit needed: ${ready} vehicles will be ready on ${day} morning.`
      : `${visits(tasks)}, for ${ready} vehicles ready on ${day} morning.`,
  promise_uncounted: (tasks, day) =>
    tasks === "0" ? `No visit planned before ${day} morning.` : `${visits(tasks)} before ${day} morning.`,
  no_promise: "The night’s plan is not published yet.",
  morning: "This morning",
  morning_of: (day) => `On ${day} morning`,
  fact: (ready, promised) => `${ready} vehicles ready, ${promised} promised.`,
  fact_unpromised: (ready) => `${ready} vehicles ready.`,
  no_fact: "The first night has not been counted yet.",
  list: "The list, without a map",
  open_data: "Open data",
  api: "API",
  accessibility: "Accessibility",
  privacy: "Privacy",
  legal: "Legal notice",
  links: "About",
};
