import { fitted } from "./damage";

const QUALITY = 0.85;

/** The photo as a small JPEG; a file that this browser cannot draw goes as it is, and the service decides. */
export async function shrink(file: File): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file);
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = fitted(picture.width, picture.height);
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return await new Promise((resolve) =>
      canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", QUALITY),
    );
  } catch {
    return file;
  }
}
