import { Attempt } from "../api/attempt.svelte";
import { answered, serverNow, service } from "../api/client";
import { failureOf, isUndecided } from "../api/failure";
import type { CrewShift, CrewStep } from "../api/types";
import { session } from "../riders/session.svelte";
import { type KeptPhoto, pictures } from "./photos";
import { isExpected, isOpen, refusals, type Refused, unsaid, withSteps } from "./queue";

const KEPT_SHIFT = "crew-shift";
const KEPT_STEPS = "crew-steps";
const SEND_EVERY_MS = 15_000;

/** A crew's phone: the shift it last heard of, what it has to say, and what became of that. */
export class CrewPhone {
  shift = $state.raw<CrewShift | null>(kept<CrewShift>(KEPT_SHIFT));
  waiting = $state.raw<CrewStep[]>(kept<CrewStep[]>(KEPT_STEPS) ?? []);
  refused = $state.raw<Refused[]>([]);
  photos = $state(0);
  online = $state(navigator.onLine);
  loaded = $state(false);
  readonly opening = new Attempt();
  readonly sending = new Attempt();
  readonly photographing = new Attempt();

  tasks = $derived(withSteps(this.shift?.tasks ?? [], this.waiting));
  open = $derived(this.tasks.filter(isOpen));
  unsent = $derived(this.waiting.length + this.photos);
  current = $derived(this.open[0] ?? null);
  allowed = $derived(
    session.account?.roles.some(({ role }) => ["crew", "operator", "admin"].includes(role)) ?? false,
  );

  /** Who is signed in and what they have to do; without a network, what was known last. */
  start(): Promise<boolean> {
    return this.opening.run("open", async () => {
      try {
        await session.load(null);
      } catch (error) {
        if (failureOf(error).kind !== "unreachable" || this.shift === null) throw error;
        this.online = false;
      }
      if (this.online && this.allowed) await this.sync();
      this.loaded = true;
    });
  }

  /** Looks for a network and for news until the returned function is called. */
  keepInTouch(): () => void {
    const back = () => void this.sync();
    const timer = setInterval(back, SEND_EVERY_MS);
    addEventListener("online", back);
    return () => {
      clearInterval(timer);
      removeEventListener("online", back);
    };
  }

  say(kind: CrewStep["kind"], said: Partial<CrewStep> = {}): void {
    const task_id = this.current?.task.id;
    if (!task_id) return;
    const step: CrewStep = { id: newId(), task_id, kind, at: serverNow().toISOString(), ...said };
    this.#keep([...this.waiting, step]);
    void this.sync();
  }

  /** Whether the scanned vehicle is one of the task's; either way it is said. */
  scan(vehicle: string): boolean {
    const task = this.current;
    if (!task) return false;
    const right = isExpected(task, vehicle);
    if (right) this.say("scan", { vehicle });
    return right;
  }

  /** Says and sends what waits, then asks for the tasks anew. */
  async sync(): Promise<void> {
    if (this.sending.busy !== null) return;
    try {
      if (this.waiting.length > 0) await this.#send();
      await this.#sendPhotos();
      const { shift } = await answered(service.GET("/v1/me/crew/tasks"));
      this.shift = shift ?? null;
      keep(KEPT_SHIFT, this.shift);
      this.online = true;
    } catch (error) {
      if (failureOf(error).kind === "unreachable") this.online = false;
    }
  }

  /** Keeps a picture of the task at hand until it is sent; true when it is kept. */
  photograph(picture: Blob): Promise<boolean> {
    const task_id = this.current?.task.id ?? "";
    return this.photographing.run("photo", async () => {
      await pictures.keep({ id: newId(), task_id, picture });
      this.photos += 1;
      void this.sync();
    });
  }

  async #sendPhotos(): Promise<void> {
    const kept = await pictures.list().catch(() => []);
    this.photos = kept.length;
    for (const photo of kept) {
      const refusal = await sent(photo);
      if (refusal) this.refused = [...this.refused, refusal];
      await pictures.forget(photo.id);
    }
    if (kept.length > 0) this.photos = (await pictures.list()).length;
  }

  async #send(): Promise<void> {
    const steps = this.waiting;
    const taken = (await answered(service.POST("/v1/me/crew/steps", { body: { steps } }))).steps;
    this.refused = refusals(steps, taken);
    this.#keep(unsaid(this.waiting, taken));
  }

  #keep(steps: CrewStep[]): void {
    this.waiting = steps;
    keep(KEPT_STEPS, steps);
  }
}

/** Null, or why the service does not want it; without an answer it throws. */
async function sent({ id, task_id, picture }: KeptPhoto): Promise<Refused | null> {
  const path = { night_task_id: task_id, night_photo_id: id };
  try {
    await answered(
      service.PUT("/v1/me/crew/tasks/{night_task_id}/photos/{night_photo_id}", {
        params: { path },
        // The document says of bytes that they are a string.
        body: picture as unknown as string,
        bodySerializer: (body) => body as unknown as Blob,
        headers: { "Content-Type": picture.type || "image/jpeg" },
      }),
    );
    return null;
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== "refused" || isUndecided(failure)) throw error;
    return { task_id, code: failure.code, detail: failure.sentence };
  }
}

function kept<T>(key: string): T | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A phone whose storage is full or closed still works while the page is open.
  }
}

// Not crypto.randomUUID: it is missing on a phone that opens the demo over plain http.
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
