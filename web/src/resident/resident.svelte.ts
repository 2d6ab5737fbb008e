import { Attempt } from "../api/attempt.svelte";
import { serverNow } from "../api/client";
import { type Failure, failureOf } from "../api/failure";
import type { NearbyVehicle, Position } from "../api/types";
import { Around } from "../booking/around.svelte";
import { ALL, listed } from "../booking/around";
import { journey } from "../booking/journey.svelte";
import type { Ride } from "../booking/ride";
import { type Located, meIn, originFrom } from "../city/origin";
import { locate, mayLocate, Place } from "../city/place.svelte";
import { NEEDS_WALLET } from "../payments/wallet";
import { session } from "../riders/session.svelte";

/** What lies over the map and its sheet. */
export type Dialog =
  | { kind: "sign_in"; reserve: NearbyVehicle | null }
  | { kind: "profile"; vehicle: NearbyVehicle }
  | { kind: "menu" }
  | { kind: "damage"; rental_id: string }
  | { kind: "rides" }
  | { kind: "ahead" }
  | { kind: "family" }
  | { kind: "data" }
  | { kind: "wallet"; why: string | null }
  | null;

/** The resident's page: what is shown, and what the person asks for. */
export class Resident {
  readonly place = new Place();
  readonly around = new Around();
  /** Opening the page, searching: shown on the list. */
  readonly looking = new Attempt();
  /** Reserving, riding, ending: shown beside the button that was tapped. */
  readonly acting = new Attempt();

  located = $state<Located>({ kind: "unasked" });
  searched = $state<Position | null>(null);
  type = $state(ALL);
  chosen_id = $state<string | null>(null);
  dialog = $state<Dialog>(null);
  /** The rider says where the vehicle stands; `picked` when the map decides instead of the device. */
  ending = $state<{ at: Position; by: "device" | "map" } | null>(null);
  note = $state<
    "hold_over" | "hold_cancelled" | "hold_cancelled_paid" | "session_expired" | "vehicle_gone" | null
  >(null);

  vehicles = $derived(listed(this.around.vehicles ?? [], this.type));
  chosen = $derived(this.around.vehicles?.find((each) => each.vehicle_id === this.chosen_id) ?? null);
  origin = $derived(this.place.city ? originFrom(this.located, this.searched, this.place.city) : null);
  me = $derived(this.place.city ? meIn(this.located, this.place.city.bounds) : null);

  open(): Promise<boolean> {
    return this.looking.run("open", async () => {
      await this.place.load();
      await session.load(this.place.city?.id ?? null);
      if (session.account) await journey.refresh();
      await this.#search();
      if (await mayLocate()) void this.locate();
    });
  }

  async locate(): Promise<void> {
    this.located = { kind: "waiting" };
    this.searched = null;
    this.located = await locate();
    await this.search();
  }

  search(): Promise<boolean> {
    return this.looking.run("search", () => this.#search());
  }

  /** What another rider has just taken disappears here too; silent, the next one may succeed. */
  async refresh(): Promise<void> {
    if (this.looking.busy !== null || this.looking.failure !== null) return;
    await Promise.all([this.#search(), session.account ? this.#refreshRide() : null]).catch(
      (error: unknown) => this.#noteExpiry(failureOf(error)),
    );
  }

  async reserve(vehicle: NearbyVehicle): Promise<void> {
    this.note = null;
    if (!session.account) {
      this.dialog = { kind: "sign_in", reserve: vehicle };
      return;
    }
    if (session.obstacles[vehicle.type]?.length) {
      this.dialog = { kind: "profile", vehicle };
      return;
    }
    this.dialog = null;
    const near = this.near(vehicle.type);
    if (await this.act("reserve", () => journey.hold(vehicle.vehicle_id, near))) this.chosen_id = null;
    this.#completeProfile(vehicle);
    this.#openWallet();
  }

  /** Where the person is, if they have allowed it, for classes that are held from nearby only; nobody else asks. */
  near(type: string): Position | null {
    return this.place.type(type)?.hold?.walk_minutes_max ? this.me : null;
  }

  /** A card or money is missing: the wallet says what, and takes it. */
  #openWallet(): void {
    const failure = this.acting.failure;
    if (failure?.kind !== "refused" || !NEEDS_WALLET.has(failure.code)) return;
    this.acting.dismiss();
    this.dialog = { kind: "wallet", why: failure.sentence };
  }

  /** The service has refused this person for this class: the profile says why and takes what is missing. */
  #completeProfile(vehicle: NearbyVehicle): void {
    const failure = this.acting.failure;
    if (failure?.kind !== "refused" || failure.code !== "not_eligible") return;
    this.acting.dismiss();
    session.obstacles[vehicle.type] = [failure.sentence];
    this.dialog = { kind: "profile", vehicle };
  }

  async signedIn(reserve: NearbyVehicle | null): Promise<void> {
    this.dialog = null;
    await this.act("refresh", async () => {
      await Promise.all([session.load(this.place.city?.id ?? null), journey.refresh()]);
    });
    if (reserve && journey.ride.kind === "none") await this.reserve(reserve);
  }

  async cancel(hold_id: string): Promise<void> {
    const ride = journey.ride;
    const isPaid = ride.kind === "held" && serverNow() > new Date(ride.hold.free_until);
    if (await this.act("cancel", () => journey.cancel(hold_id)))
      this.note = isPaid ? "hold_cancelled_paid" : "hold_cancelled";
    await this.search();
  }

  /** The countdown has reached zero: the service decides what that means. */
  async holdOver(): Promise<void> {
    await journey.refresh().catch(() => {});
    if (journey.ride.kind !== "none") return;
    this.note = "hold_over";
    await this.search();
  }

  /** The first step of ending: where is the vehicle? The device says, or else the rider on the map. */
  async startEnding(mapCentre: Position): Promise<void> {
    await this.acting.run("locate", async () => {
      this.located = await locate();
    });
    this.ending = this.me ? { at: this.me, by: "device" } : { at: mapCentre, by: "map" };
  }

  async end(rental_id: string): Promise<void> {
    const at = this.ending?.at;
    if (!at) return;
    await this.act("end", () => journey.end(rental_id, at));
    if (journey.ride.kind === "ended") this.ending = null;
  }

  /** A booked vehicle was told to unlock: the ride takes the page. */
  async bookingStarted(): Promise<void> {
    this.dialog = null;
    await this.act("refresh", () => journey.refresh());
  }

  /** What the rider has read is over: back to what is around. */
  async closeReceipt(): Promise<void> {
    journey.close();
    await this.search();
  }

  /** A step of the ride; when it fails the service is asked where the rider stands, so nothing is guessed. */
  async act(name: string, step: () => Promise<void>): Promise<boolean> {
    const done = await this.acting.run(name, step);
    const failure = this.acting.failure;
    if (done || failure === null) return done;
    this.#noteExpiry(failure);
    if (failure.kind === "refused" && failure.status === 409) await this.refresh();
    return false;
  }

  async signOut(): Promise<void> {
    if (await this.act("sign_out", () => session.signOut())) this.dialog = null;
  }

  async #search(): Promise<void> {
    if (!this.place.config || !this.origin) return;
    await this.around.search(this.place.config.city, this.origin.position);
    if (this.chosen_id === null || this.chosen) return;
    this.chosen_id = null;
    if (journey.ride.kind === "none") this.note = "vehicle_gone";
  }

  async #refreshRide(): Promise<void> {
    const wasHeld = journey.ride.kind === "held";
    await journey.refresh();
    if (wasHeld && (journey.ride as Ride).kind === "none") this.note = "hold_over";
  }

  #noteExpiry(failure: Failure): void {
    if (failure.kind !== "refused" || failure.status !== 401) return;
    session.account = null;
    this.note = "session_expired";
    this.dialog = { kind: "sign_in", reserve: null };
  }
}
