import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { DamageKind, DamageSeverity, Position } from "../api/types";
import { PHOTOS_MAX } from "./damage";
import { shrink } from "./shrink";

type Photo = { picture: Blob; url: string; sent: boolean };

/** The vehicle of a ride, or one that the person stands beside. */
export type AboutVehicle = { rental_id: string } | { city: string; vehicle_id: string; position: Position };

/** What a rider tells of a vehicle, on its way to the service: the words first, then photo by photo. */
export class DamageReporting {
  readonly sending = new Attempt();
  kind = $state<DamageKind | null>(null);
  severity = $state<DamageSeverity>("minor");
  words = $state("");
  photos = $state<Photo[]>([]);
  /** The photo under way, from 1; 0 while there is none. */
  nth = $state(0);
  done = $state(false);
  #report_id: string | null = null;
  #intentions = new Intentions();

  full = $derived(this.photos.length >= PHOTOS_MAX);

  constructor(private readonly about: AboutVehicle) {}

  async add(files: FileList | null): Promise<void> {
    for (const file of [...(files ?? [])].slice(0, PHOTOS_MAX - this.photos.length)) {
      const picture = await shrink(file);
      this.photos.push({ picture, url: URL.createObjectURL(picture), sent: false });
    }
  }

  remove(index: number): void {
    for (const photo of this.photos.splice(index, 1)) URL.revokeObjectURL(photo.url);
  }

  /** Goes on where a lost connection stopped it: what has arrived is not sent again. */
  send(): Promise<boolean> {
    return this.sending.run("send", async () => {
      this.#report_id ??= await this.#tell();
      for (const [index, photo] of this.photos.entries()) {
        this.nth = index + 1;
        if (!photo.sent) await this.#upload(this.#report_id, index, photo);
      }
      this.nth = 0;
      this.done = true;
    });
  }

  forget(): void {
    for (const photo of this.photos) URL.revokeObjectURL(photo.url);
  }

  async #tell(): Promise<string> {
    const { kind, severity, words, about } = this;
    if (kind === null) throw new Error("what is wrong has not been chosen");
    const said = { kind, severity, words: words.trim() || null };
    const report = await this.#intentions.carryOut(`${kind}:${severity}:${words}`, (key) => {
      if ("rental_id" in about) {
        const params = { path: { rental_id: about.rental_id }, ...withKey(key) };
        return answered(service.POST("/v1/rentals/{rental_id}/damage-reports", { params, body: said }));
      }
      const { city, vehicle_id, position } = about;
      const params = { path: { city }, ...withKey(key) };
      const body = { ...said, vehicle_id, position };
      return answered(service.POST("/v1/cities/{city}/damage-reports", { params, body }));
    });
    return report.id;
  }

  async #upload(report_id: string, index: number, photo: Photo): Promise<void> {
    await this.#intentions.carryOut(`photo:${index}:${photo.url}`, (key) => {
      const params = { path: { report_id }, ...withKey(key) };
      return answered(
        service.POST("/v1/damage-reports/{report_id}/photos", {
          params,
          // The document says of bytes that they are a string.
          body: photo.picture as unknown as string,
          bodySerializer: (picture) => picture as unknown as Blob,
          headers: { "Content-Type": photo.picture.type || "application/octet-stream" },
        }),
      );
    });
    photo.sent = true;
  }
}
