import type { Money } from "../i18n/format";

export type { Money };
export type Position = { lon: number; lat: number };
export type Page<T> = { items: T[]; next: string | null };
export type Localized = { fr: string; en: string };

export type Line = { label: string; quantity: number; unit: string; amount: Money };
export type Price = { lines: Line[]; total: Money };

export type AppConfig = { city: string; style_url: string | null; locales: string[] };

export type Eligibility = {
  effective_from: string;
  minimum_age: number;
  licences_any_of: string[];
  exempt_born_before?: string | null;
  helmet: boolean;
};

export type VehicleType = {
  code: string;
  name: Localized;
  mode: "micromobility" | "car-share";
  form_factor: string;
  max_range_m: number;
  return_constraint: "free_floating" | "any_station";
  eligibility: Eligibility[];
};

export type Tariff = { code: string; vehicle_type: string; description: Localized };

export type City = {
  id: string;
  name: Localized;
  centre: Position;
  time_zone: string;
  currency: string;
  languages: string[];
  vehicle_types: VehicleType[];
  tariffs: Tariff[];
  bounds: { west: number; south: number; east: number; north: number };
};

export type Station = { id: string; code: string; name: Localized; position: Position };

export type NearbyVehicle = {
  vehicle_id: string;
  type: string;
  position: Position;
  charge_percent: number;
  range_m: number;
  walk_minutes: number;
  distance_m: number;
  station_id: string | null;
  plate: string;
  price_15_min: Money;
  price_60_min: Money;
};

export type RiddenVehicle = {
  vehicle_id: string;
  type: string;
  plate: string;
  position: Position;
  charge_percent: number;
  range_m: number;
};

export type Hold = {
  id: string;
  vehicle: RiddenVehicle;
  created_at: string;
  expires_at: string;
  state: string;
};

export type Rental = {
  id: string;
  state: "riding" | "paused" | "ended";
  vehicle: RiddenVehicle;
  started_at: string;
  ended_at: string | null;
  paused_s: number;
  price_so_far: Price;
};

export type MyRide =
  | { kind: "none" }
  | { kind: "held"; hold: Hold }
  | { kind: "riding"; rental: Rental }
  | { kind: "paused"; rental: Rental };

export type Receipt = {
  lines: Line[];
  total: Money;
  vat: { rate_percent: number; amount: Money };
  payment: { state: string };
  not_stored: string;
};

export type Account = {
  id: string;
  email: string | null;
  phone: string | null;
  name: string;
  locale: string;
  born_on: string | null;
  roles: { role: string; city: string | null }[];
  eligible_for?: Record<string, string | null>;
};

export type FleetState =
  | "available"
  | "reserved"
  | "on_trip"
  | "non_operational"
  | "removed"
  | "elsewhere"
  | "non_contactable"
  | "missing";

export type FleetVehicle = {
  id: string;
  plate: string;
  type: string;
  state: FleetState;
  state_since: string;
  position: Position;
  charge_percent: number;
  range_m: number;
  odometer_m: number;
  station_id: string | null;
  heard_at: string | null;
};

export type FleetEvent = {
  seq: number;
  event: string;
  from_state: FleetState;
  to_state: FleetState;
  at: string;
  actor: string;
  reason: string | null;
};

export type FleetSummary = { states: Record<string, number>; rides_today: number; revenue_today: Money };
