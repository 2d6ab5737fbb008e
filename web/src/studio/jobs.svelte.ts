import { Attempt } from "../api/attempt.svelte";
import { answered, service, withKey } from "../api/client";
import { Intentions } from "../api/intentions";
import type { Replay, Sketch, StudioJob, StudyAnswer } from "../api/types";

const LOOK_MS = 1_000;
const isOver = ({ ended_at }: StudioJob) => ended_at !== null;
const isPrinted = ({ kind, state }: StudioJob) => kind === "study" && state === "done";

export type Asked = { name: string; sketch: Sketch };

/** What takes longer than a look: days to replay, studies with their reports. */
export class Jobs {
  readonly asking = new Attempt();
  readonly #intentions = new Intentions();
  /** The one that this page asked for last; when it is opened, the city's newest. */
  current = $state.raw<StudioJob | null>(null);
  /** The newest study with a front, for the chart. */
  front = $state.raw<StudyAnswer | null>(null);
  replay = $state.raw<{ name: string; replay: Replay } | null>(null);

  constructor(private readonly city: () => string) {}

  get underWay(): StudioJob | null {
    return this.current && !isOver(this.current) ? this.current : null;
  }

  /** Where the report of the last study is, once there is one. */
  get report(): { html: string; pdf: string } | null {
    const job = this.current;
    if (!job || !isPrinted(job)) return null;
    const base = this.#reportOf(job.study_id ?? "");
    return { html: `${base}/html`, pdf: `${base}/pdf` };
  }

  /** Where the report of the chart's study is, whoever ran it. */
  get frontReport(): string | null {
    return this.front && `${this.#reportOf(this.front.study_id)}/html`;
  }

  #reportOf(study_id: string): string {
    return `/v1/cities/${this.city()}/studio/studies/${study_id}/report`;
  }

  async load(): Promise<void> {
    const path = { city: this.city() };
    const [studies, jobs] = await Promise.all([
      answered(service.GET("/v1/cities/{city}/studio/studies", { params: { path, query: { limit: 50 } } })),
      answered(service.GET("/v1/cities/{city}/studio/jobs", { params: { path, query: { limit: 1 } } })),
    ]);
    const newest = studies.items.find(({ code }) => code !== "studio");
    if (newest) this.front = await this.#study(newest.study_id);
    const kept = studies.items.map(({ study_id }) => study_id);
    const shown = (job: StudioJob) => !isOver(job) || (isPrinted(job) && kept.includes(job.study_id ?? ""));
    this.current = jobs.items.find(shown) ?? null;
    if (this.underWay) void this.#follow();
  }

  /** A day of one drawing, or the study of some; without any the city's own. */
  async ask(kind: StudioJob["kind"], asked: readonly Asked[]): Promise<void> {
    const drawings = asked.map(({ name, sketch }) => ({ name, ...sketch }));
    this.replay = null;
    await this.asking.run(kind, async () => {
      this.current = await this.#intentions.carryOut(`${kind} ${JSON.stringify(drawings)}`, (key) =>
        answered(
          service.POST("/v1/cities/{city}/studio/jobs", {
            params: { path: { city: this.city() }, ...withKey(key) },
            body: { kind, drawings },
          }),
        ),
      );
    });
    await this.#follow();
  }

  async cancel(): Promise<void> {
    const job = this.underWay;
    if (!job) return;
    await this.asking.run("cancel", async () => {
      const params = { path: { city: this.city(), job_id: job.id } };
      this.current = await answered(
        service.POST("/v1/cities/{city}/studio/jobs/{job_id}/cancel", { params }),
      );
    });
  }

  /** Until it is over, or another one is asked for. */
  async #follow(): Promise<void> {
    const id = this.current?.id;
    while (this.underWay?.id === id && id) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const params = { path: { city: this.city(), job_id: id } };
      const seen = await answered(service.GET("/v1/cities/{city}/studio/jobs/{job_id}", { params })).catch(
        () => null,
      ); // asked again a second later
      if (seen && this.underWay?.id === id) this.current = seen;
    }
    if (this.current?.id === id && this.current?.state === "done") await this.#fetch(this.current);
  }

  async #fetch(job: StudioJob): Promise<void> {
    await this.asking.next("fetch", async () => {
      const study_id = job.study_id ?? "";
      if (job.kind === "study" && job.names.length === 0) this.front = await this.#study(study_id);
      if (job.kind !== "replay") return;
      const path = { city: this.city(), study_id, scenario: "drawn-1" };
      const replay = await answered(
        service.GET("/v1/cities/{city}/studio/studies/{study_id}/replays/{scenario}", { params: { path } }),
      );
      this.replay = { name: job.names[0] ?? "", replay };
    });
  }

  #study(study_id: string): Promise<StudyAnswer> {
    const params = { path: { city: this.city(), study_id } };
    return answered(service.GET("/v1/cities/{city}/studio/studies/{study_id}", { params }));
  }
}
