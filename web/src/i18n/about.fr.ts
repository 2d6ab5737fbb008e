/** Accessibility statement, privacy page and legal notice, in French. */
export const aboutFr = {
  home: "Accueil",
  pages: "Pages d’information",
  accessibility: "Accessibilité",
  privacy: "Vie privée",
  legal: "Mentions légales",

  accessibility_lead:
    "Ce service est fait pour tout le monde\u00a0: au clavier, au lecteur d’écran, avec de gros caractères, sans carte.",
  status: "Où en est-on\u00a0?",
  status_text:
    "Référence\u00a0: RGAA 4.1, WCAG 2.2 niveau AA. Personne d’extérieur n’a encore audité le service\u00a0: au sens de la loi française, il n’est donc pas déclaré conforme. Voici ce qui est vérifié à chaque changement.",
  checked: "Ce qui est vérifié",
  checked_axe:
    "Chaque écran des parcours est contrôlé par axe-core dans un vrai navigateur\u00a0: aucun défaut n’est admis.",
  checked_keyboard: "De la réservation à la fin du trajet, tout se fait au clavier seul.",
  checked_contrast:
    "Le contraste des couleurs est calculé\u00a0: 4,5 pour le texte, 3 pour les formes, de jour comme de nuit.",
  checked_colour: "Un état se lit à sa forme et à son mot, jamais à sa seule couleur.",
  checked_motion: "Si votre appareil demande moins de mouvement, rien ne bouge.",
  checked_list: "Ce que montre la carte se trouve aussi dans une liste, au plus proche d’abord.",
  limits: "Ce qui manque encore",
  limits_map:
    "La carte elle-même ne se lit pas au lecteur d’écran\u00a0: utilisez la liste, elle dit la même chose.",
  limits_editors:
    "Les éditeurs de la console (zones, plan de nuit) se servent mieux à la souris\u00a0; leurs listes se servent au clavier.",
  limits_pdf: "Les reçus en PDF ne sont pas balisés\u00a0; la page du reçu contient le même texte.",
  write: "Un obstacle\u00a0?",
  write_text:
    "Écrivez à l’exploitant, dont l’adresse est dans les mentions légales. S’il ne répond pas\u00a0: le Défenseur des droits, defenseurdesdroits.fr, 3928.",

  privacy_lead: "Ce qui est enregistré sur vous, pourquoi, combien de temps, qui le voit, et vos droits.",
  never: "Ce qui n’est jamais enregistré",
  never_way: "Le chemin de vos trajets\u00a0: pendant un trajet, la position du véhicule n’est pas gardée.",
  never_card: "Le numéro de votre carte\u00a0: vous le saisissez chez le prestataire de paiement.",
  never_papers: "L’image de vos papiers.",
  never_tracking: "Rien de publicitaire, rien chez un tiers\u00a0: aucune page n’appelle un autre site.",
  device: "Sur votre appareil",
  device_text:
    "Un seul cookie, «\u00a0mobility_session\u00a0», une fois connecté. Votre langue, votre réservation ou votre trajet en cours, un numéro de ce navigateur pour les notifications et de quoi ouvrir l’application sans réseau restent sur l’appareil\u00a0; le trajet en part quand il finit ou que vous vous déconnectez.",
  stored: "Ce qui est enregistré",
  why: "Pourquoi",
  how_long: "Combien de temps",
  who: "Qui le voit",
  on_erasure: "Si vous demandez l’effacement",
  erasure_deleted: "Effacé.",
  erasure_nameless: "Gardé sans votre nom.",
  erasure_partly: "Effacé, sauf un numéro sans personne derrière.",
  rights: "Vos droits",
  rights_copy: (where: string) => `Une copie de tout, tout de suite\u00a0: ${where}.`,
  rights_erasure: (where: string, days: number) =>
    `L’effacement\u00a0: ${where}. Votre nom reste ${days} jours après le dernier trajet, pour les amendes, puis disparaît.`,
  rights_else:
    "Corriger, limiter, vous opposer\u00a0: écrivez à l’exploitant. En cas de désaccord\u00a0: la CNIL, cnil.fr.",
  city_sees:
    "La ville voit des nombres, jamais des personnes\u00a0: derrière chaque nombre de trajets se tiennent au moins dix personnes différentes.",

  legal_lead: "Qui tient ce service, et sous quelles licences.",
  publisher: "Exploitant et éditeur",
  publisher_unknown: "Le fichier de la ville ne nomme aucun exploitant.",
  siret: (number: string) => `SIRET ${number}`,
  vat: (number: string) => `TVA ${number}`,
  software: "Logiciel",
  software_text:
    "Mobility est un logiciel libre sous licence EUPL-1.2. Les pages utilisent Svelte (MIT), MapLibre GL JS (BSD-3-Clause), openapi-fetch et Workbox (MIT)\u00a0; la page de l’API, Swagger UI (Apache-2.0).",
  facts: "Données de la ville",
  facts_of: (name: string, licence: string, day: string) => `${name} — ${licence}, ${day}`,
  open_data: "Données ouvertes",
  open_data_text:
    "Stations, véhicules libres et tarifs sont publiés au format GBFS, sous Licence Ouverte 2.0.",
  open_data_link: "Lire le flux GBFS",
  components: "Les composants des pages",
};
export type AboutWords = typeof aboutFr;
