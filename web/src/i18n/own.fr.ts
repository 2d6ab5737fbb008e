/** What residents read of their places, their notifications, a plate in front of them and an end without a network. */
export const ownFr = {
  filters: "Filtres",
  filter_walk: "À pied, au plus",
  filter_range: "Autonomie, au moins",
  filter_range_any: "peu importe",
  none_filtered_hint: "Avec une autonomie plus courte, il y en a peut-être.",
  filters_off: "Tout afficher",

  price_usual: "mon trajet habituel",
  price_usual_why: (minutes: number, km: string, rides: number) =>
    `Votre trajet habituel\u00a0: ${minutes} min et ${km}, d’après vos ${rides} derniers.`,

  plate_open: "Scanner ou saisir une plaque",
  plate_title: "Le véhicule devant vous",
  plate_why:
    "Scannez son code, ou tapez sa plaque. Une plaque ne se cherche que sur place\u00a0: personne ne peut suivre un véhicule.",
  plate_label: "Plaque",
  plate_hint: "Par exemple A-013",
  plate_scan: "Scanner le code",
  plate_scanning: "Visez le code du véhicule.",
  plate_find: "Trouver ce véhicule",
  plate_missing: "Tapez la plaque, ou scannez le code.",
  plate_nowhere:
    "Sans votre position, une plaque ne peut pas être cherchée. Autorisez-la, ou choisissez le véhicule dans la liste.",

  held_check_helmet: "Casque et gants mis",
  held_check_belt: "Ceinture, siège et rétroviseurs réglés",
  held_check_plate_ok: (plate: string) => `C’est bien le ${plate}`,
  held_check_damage_ok: "Rien de cassé",
  held_check_hint: "Cochez en faisant le tour. Une photo d’un dégât vous protège.",
  held_report: "Signaler un dégât, avec photo",
  held_report_where: "Approchez-vous et partagez votre position pour signaler un dégât.",
  unlock_ready: "Tout est bon, déverrouiller",

  last_known: (time: string) => `Pas de connexion. Voici ce que nous savions à ${time}.`,
  range_left: (km: string, duration: string) => `${km}, environ ${duration}`,
  where_to_park_except: (names: string) => `Jamais ici en ce moment\u00a0: ${names}.`,
  where_to_park_nearest: (names: string) => `Stations\u00a0: ${names}.`,

  end_checks: "Ce que nous vérifions",
  end_check_position: "Position connue",
  end_check_zone: "Dans la zone de service",
  end_check_parking: "Stationnement permis ici",
  end_check_bay: "Une place libre à la station",
  end_check_ok: "oui",
  end_check_bad: "non",
  end_check_unknown: "à vérifier",
  parking_photo: "Photo du véhicule garé",
  parking_photo_take: "Photographier le véhicule garé",
  parking_photo_taken: "Photo prise. Elle part quand le trajet est terminé.",
  parking_photo_again: "Retirer la photo",
  parking_photo_why:
    "Elle montre que le véhicule ne gêne personne. Évitez les visages. Sans photo, le trajet se termine quand même.",
  parking_photo_none: "Pas de photo\u00a0?",
  parking_photo_excuse: "Dire pourquoi",
  parking_photo_excuse_camera: "L’appareil photo ne marche pas",
  parking_photo_excuse_unsafe: "Trop sombre ou trop dangereux",
  parking_photo_excuse_other: "Autre raison",
  parking_photo_waiting: "Votre photo part dès que le réseau revient.",
  late_title: "Fin demandée, pas encore confirmée",
  late_asked: (time: string) => `Vous avez demandé la fin à ${time}, sans réseau.`,
  late_goes_on:
    "Le trajet continue tant que nous n’avons pas confirmé. Gardez cette page\u00a0: la demande part toute seule dès que le réseau revient.",
  late_money:
    "Si le véhicule n’a plus bougé, seul le temps jusqu’à votre demande est compté, dans la limite de 30 minutes et de trois fois par mois.",
  late_price: (price: string, time: string) => `Prix connu à ${time}\u00a0: ${price}.`,
  late_send: "Envoyer maintenant",
  late_receipt: (time: string) =>
    `Vous aviez demandé la fin à ${time}, sans réseau\u00a0: le véhicule n’a plus bougé, le prix s’arrête là.`,

  menu_help: "Aide",
  help_danger: "Accident, danger",
  help_danger_do: "Mettez-vous à l’abri, puis appelez les secours. Le véhicule peut attendre.",
  help_call: (number: string) => `Appeler le ${number}`,
  help_vehicle: "Le véhicule a un problème",
  help_vehicle_ride:
    "Dites-nous ce qui ne va pas, avec une photo si vous pouvez. S’il est dangereux, arrêtez-vous.",
  help_vehicle_else:
    "Une fois le véhicule réservé, vous pouvez signaler un dégât avant de partir, sur place.",
  help_end: "Le trajet ne se termine pas",
  help_end_do:
    "La page dit ce qui manque : la zone, une place, le réseau. Sans réseau, votre demande est gardée et part toute seule.",
  help_price: "Un prix me paraît faux",
  help_price_do:
    "Chaque reçu dit ligne par ligne ce qui a été compté. Écrivez-nous avec son numéro : une personne regarde.",
  help_write: "Écrire à une personne",
  help_write_do:
    "Nous répondons par e-mail. Ne donnez jamais votre code de connexion : personne ne vous le demandera.",

  menu_places: "Mes lieux",
  menu_notices: "Notifications",
  places_title: "Mes lieux",
  places_why: "Un geste pour voir ce qui est libre près de chez vous. Personne d’autre ne les voit.",
  places_empty: "Aucun lieu pour l’instant.",
  places_near: "Chercher près de",
  places_add: "Ajouter un lieu",
  places_kind: "Quel lieu",
  place_home: "Maison",
  place_work: "Travail",
  place_other: "Autre",
  places_name: "Nom",
  places_where: "Où est-ce",
  places_here: "Ma position",
  places_map: "Le centre de la carte",
  places_station: (name: string) => `Station ${name}`,
  places_save: "Enregistrer ce lieu",
  places_forget: (name: string) => `Oublier ${name}`,
  places_name_missing: "Donnez-lui un nom.",
  places_where_missing: "Choisissez un endroit.",

  notices_title: "Notifications",
  notices_why: "Vous décidez de ce qui vous parvient, et où.",
  notices_device: "Sur cet appareil",
  notices_device_on: "Cet appareil affiche vos messages.",
  notices_device_off: "Rappels, changements et fins de trajet, même quand la page est fermée.",
  notices_device_refused:
    "Vous avez refusé les notifications. Vous pouvez les autoriser dans les réglages du navigateur.",
  notices_device_cannot:
    "Ce navigateur n’affiche pas de notifications. Sur un iPhone, ajoutez d’abord la page à l’écran d’accueil.",
  notices_device_never: "Ce service n’envoie pas de notifications aux appareils.",
  notices_switch_on: "Activer sur cet appareil",
  notices_switch_off: "Désactiver sur cet appareil",
  notices_others: (count: number) =>
    count === 1 ? "Un autre appareil les affiche aussi." : `${count} autres appareils les affichent aussi.`,
  notices_letters: "E-mails et SMS",
  notices_letters_all: "Tout",
  notices_letters_essential: "L’essentiel",
  notices_letters_hint:
    "L’essentiel\u00a0: l’argent, les papiers, la famille, ce que nous devons annuler. Le reste\u00a0: confirmations et rappels.",
  notices_first: "D’abord par",
  notices_first_email: "e-mail",
  notices_first_phone: "SMS",
  notices_none_left:
    "Vous n’aurez plus ni rappel ni confirmation\u00a0: activez un appareil, ou gardez tout.",
};
