/** Reads the code on a vehicle through the phone's camera: with the browser's own reader, else with one of ours. */

const LOOK_EVERY_MS = 300;
const FORMATS = ["qr_code", "code_128"] as const;

type Read = (from: HTMLVideoElement) => Promise<{ rawValue: string }[]>;
type Native = {
  new (options: { formats: readonly string[] }): { detect: Read };
  getSupportedFormats(): Promise<string[]>;
};

/** No browser gives a camera to a page that came over plain http from elsewhere. */
export const hasCamera = (): boolean => "mediaDevices" in navigator;

/** What a code says of its vehicle: plain text is that, of an address it is the last part. */
export function plateIn(code: string): string {
  const [path = ""] = code.trim().split(/[?#]/);
  return path.replace(/\/+$/, "").split("/").pop() ?? "";
}

/**
 * For `{@attach lookForCode(found, failed)}` on a muted video that plays inline: shows what the camera sees until it
 * sees a code, told as the plate in it, or the video goes. Without a camera, or without leave to use it, `failed`.
 */
export function lookForCode(found: (plate: string) => void, failed: () => void) {
  return (video: HTMLVideoElement): (() => void) => {
    const view = new View(video);
    view.look().then((code) => code !== null && found(plateIn(code)), failed);
    return () => view.end();
  };
}

class View {
  #stream: MediaStream | null = null;
  #over = false;
  readonly #video: HTMLVideoElement;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** The first code seen; null when the view ended before. */
  async look(): Promise<string | null> {
    try {
      const [read] = await Promise.all([reader(), this.#open()]);
      while (!this.#over) {
        const [code] = await read(this.#video);
        if (code) return code.rawValue;
        await new Promise((passed) => setTimeout(passed, LOOK_EVERY_MS));
      }
      return null;
    } catch (error) {
      if (this.#over) return null;
      throw error;
    } finally {
      this.end();
    }
  }

  end(): void {
    this.#over = true;
    this.#stream?.getTracks().forEach((track) => track.stop());
  }

  async #open(): Promise<void> {
    this.#stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    if (this.#over) return this.end();
    this.#video.srcObject = this.#stream;
    await this.#video.play();
  }
}

async function reader(): Promise<Read> {
  const { BarcodeDetector: Own } = globalThis as { BarcodeDetector?: Native };
  // Some browsers have the class and can read nothing.
  const reads = Own !== undefined && (await Own.getSupportedFormats()).includes("qr_code");
  const detector = reads ? new Own({ formats: FORMATS }) : await ours();
  return (video) => detector.detect(video);
}

/** A megabyte of compiled code, fetched from us and not, as it would by itself, from elsewhere. */
async function ours(): Promise<{ detect: Read }> {
  const [{ BarcodeDetector, prepareZXingModule }, { default: file }] = await Promise.all([
    import("barcode-detector/ponyfill"),
    import("zxing-wasm/reader/zxing_reader.wasm?url"),
  ]);
  prepareZXingModule({ overrides: { locateFile: () => file } });
  return new BarcodeDetector({ formats: [...FORMATS] });
}
