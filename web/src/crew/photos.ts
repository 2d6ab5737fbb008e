import { type Kept, Pictures } from "../offline/pictures";

export type KeptPhoto = Kept & { task_id: string };

/** Of this shift's tasks, on their way. */
export const pictures = new Pictures<KeptPhoto>("crew");
