import type { FeatureCollection } from "geojson";
import { answered, service } from "../api/client";
import type { AppConfig, City, Position, Station, Tariff, VehicleType } from "../api/types";
import { type Located } from "./origin";

/** The city this page serves: its facts, map and stations, loaded once. */
export class Place {
  config = $state.raw<AppConfig | null>(null);
  city = $state.raw<City | null>(null);
  map = $state.raw<FeatureCollection | null>(null);
  stations = $state.raw<Station[]>([]);
  tariffs = $state.raw<Record<string, Tariff>>({});

  async load(): Promise<void> {
    await this.loadFacts();
    await this.loadMap();
  }

  /** What a list of vehicles needs. */
  async loadFacts(): Promise<void> {
    const config = await answered(service.GET("/v1/app-config"));
    const path = { city: config.city };
    const [city, stations, tariffs] = await Promise.all([
      answered(service.GET("/v1/cities/{city}", { params: { path } })),
      answered(service.GET("/v1/cities/{city}/stations", { params: { path, query: { limit: 100 } } })),
      answered(service.GET("/v1/cities/{city}/tariffs", { params: { path } })),
    ]);
    [this.config, this.stations, this.tariffs, this.city] = [config, stations.items, tariffs, city];
  }

  /** The ground: the heaviest part, which a list does not wait for. */
  async loadMap(): Promise<void> {
    const path = { city: this.config?.city ?? "" };
    const map = await answered(service.GET("/v1/cities/{city}/map", { params: { path } }));
    // The document knows GeoJSON only as objects.
    this.map = map as unknown as FeatureCollection;
  }

  type(code: string): VehicleType | undefined {
    return this.city?.vehicle_types.find((each) => each.code === code);
  }

  tariff(code: string): Tariff | undefined {
    return this.tariffs[code];
  }

  station(id: string | null): Station | undefined {
    return this.stations.find((each) => each.id === id);
  }
}

/** Whether the person has already agreed: only then is the device asked without a tap. */
export async function mayLocate(): Promise<boolean> {
  const permission = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return permission?.state === "granted";
}

const LOCATE_WITHIN_MS = 8_000;

/** Asks the device once where it is; a refusal and a silence are the same to the rider. */
export function locate(): Promise<Located> {
  return new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve({ kind: "refused" });
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ kind: "found", position: positionOf(coords) }),
      () => resolve({ kind: "refused" }),
      { enableHighAccuracy: true, timeout: LOCATE_WITHIN_MS, maximumAge: 10_000 },
    );
  });
}

// Five decimals are one metre: more would only tell the device's noise.
function positionOf({ longitude, latitude }: GeolocationCoordinates): Position {
  return { lon: Number(longitude.toFixed(5)), lat: Number(latitude.toFixed(5)) };
}
