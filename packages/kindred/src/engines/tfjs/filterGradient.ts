import {
  add,
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  getBackend,
  getKernel,
  matMul,
  registerKernel,
  reshape,
  type Tensor,
  tensor2d,
  type Tensor2D,
  type Tensor4D,
  type TensorInfo,
  tidy,
} from "@tensorflow/tfjs-core";

/** Terms of a sum of float32 at most: more would cost digits. */
const TERMS = 1024;

/**
 * Gives the backend in use the slope of a convolution's filter where it has none (wasm's): filters of tf.conv2d can then be
 * trained on it. A backend that has its own keeps it.
 */
export function provideFilterGradient(): void {
  const backendName = getBackend();
  if (getKernel(Conv2DBackpropFilter, backendName) !== undefined) return;
  registerKernel({
    kernelName: Conv2DBackpropFilter,
    backendName,
    kernelFunc: ({ inputs, attrs }): TensorInfo =>
      filterGradient(inputs["x"] as Tensor4D, inputs["dy"] as Tensor4D, attrs as unknown as Conv2DBackpropFilterAttrs),
  });
}

/**
 * d loss / d filter of y = conv2d(x, filter), by matrix products:
 *
 *     slope[i, j, c, k] = sum over n, p, q of  x[n, p stride + i - padding, q stride + j - padding, c]  dy[n, p, q, k]
 *
 * Each pixel of dy is a term of the sum: the entries of x that the filter meets there, times the pixel. The entries are laid out by
 * hand, since the wasm backend copies a whole tensor for each slice of it.
 */
function filterGradient(x: Tensor4D, dy: Tensor4D, attrs: Conv2DBackpropFilterAttrs): Tensor {
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
  if (dataFormat === "NCHW")
    throw new RangeError(
      "the slope of a filter was asked for with dataFormat NCHW; give images as NHWC on this backend",
    );
  const info = backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const [entries, slopes] = [x.dataSync(), dy.dataSync()];
  const pixels = info.batchSize * info.outHeight * info.outWidth;
  return tidy(() => {
    let sum: Tensor2D | null = null;
    for (let first = 0; first < pixels; first += TERMS) {
      const end = Math.min(first + TERMS, pixels);
      const terms = slopes.slice(first * info.outChannels, end * info.outChannels);
      const product = tidy(() =>
        matMul<Tensor2D>(
          entriesMet(entries as Float32Array, info, first, end),
          tensor2d(terms, [end - first, info.outChannels]),
        ),
      );
      sum = sum === null ? product : add<Tensor2D>(sum, product);
    }
    return reshape(sum as Tensor, filterShape);
  });
}

/**
 * The entries of images that the filter meets at the pixels first .. end - 1 of its output, 0 beyond the edges: a column a pixel,
 * a row a place of the filter and channel.
 */
function entriesMet(images: Float32Array, info: backend_util.Conv2DInfo, first: number, end: number): Tensor2D {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, filterHeight, filterWidth } = info;
  const [rows, cols] = [filterHeight * filterWidth * inChannels, end - first];
  const met = new Float32Array(rows * cols);
  for (let pixel = first; pixel < end; pixel++) {
    const line = Math.floor(pixel / outWidth);
    const image = Math.floor(line / outHeight);
    const top = (line % outHeight) * info.strideHeight - info.padInfo.top;
    const left = (pixel % outWidth) * info.strideWidth - info.padInfo.left;
    for (let i = 0; i < filterHeight; i++) {
      const y = top + i;
      if (y < 0 || y >= inHeight) continue;
      for (let j = 0; j < filterWidth; j++) {
        const x = left + j;
        if (x < 0 || x >= inWidth) continue;
        const from = ((image * inHeight + y) * inWidth + x) * inChannels;
        const to = (i * filterWidth + j) * inChannels * cols + (pixel - first);
        for (let c = 0; c < inChannels; c++) met[to + c * cols] = images[from + c];
      }
    }
  }
  return tensor2d(met, [rows, cols]);
}
