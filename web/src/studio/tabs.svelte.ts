import type { DrawingView, ScenarioAnswer, Sketch, StudioBoard } from "../api/types";
import { NOTHING } from "./sketch";

/** A tab: what stands today, a drawing that is kept, or a scenario of a study that is only looked at. */
export class Tab {
  name = $state("");
  sketch = $state.raw<Sketch>(NOTHING);
  answer = $state.raw<ScenarioAnswer | null>(null);
  revision = $state(1);

  constructor(
    readonly kind: "today" | "drawing" | "study",
    readonly id: string,
    name: string,
  ) {
    this.name = name;
  }

  static today(board: StudioBoard): Tab {
    const tab = new Tab("today", "today", "");
    tab.answer = board.today;
    return tab;
  }

  static drawn(view: DrawingView): Tab {
    const tab = new Tab("drawing", view.id, view.name);
    tab.keep(view);
    return tab;
  }

  /** As the service keeps it now. */
  keep({ name, revision, closes, draws }: DrawingView): void {
    this.name = name;
    this.revision = revision;
    this.sketch = { closes, draws };
  }
}
