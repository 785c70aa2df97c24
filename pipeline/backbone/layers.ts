/**
 * The layers of a ResNet as data: what engines lower, and what `summary` prints.
 *
 * Batch norm is part of its convolution and relu too, so there are only
 * convolutions, pools, and the additions fused into the last convolution of
 * each block.
 */

import type { ResNetSpec } from "./spec.ts";

/** Zeros around an image, in pixels. */
export interface Padding {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** A convolution with its batch norm. */
export interface ConvLayer {
  kind: "conv";
  /** Name of its weights, as in torchvision: `layer3.22.conv2`. */
  name: string;
  /** Name of its batch norm. */
  norm: string;
  /** Name of the layer whose output it reads; `input` for the image. */
  input: string;
  /** Layer whose output is added before the relu, if there is one. */
  add?: string;
  /** Whether negative values become 0 at the end. */
  relu: boolean;
  /** Side of the kernel, in pixels. */
  kernel: number;
  /** Distance between two applications, in pixels. */
  stride: number;
  /** Zeros around the input. */
  padding: Padding;
  inChannels: number;
  outChannels: number;
  /** Side of the output, in pixels. */
  size: number;
  /** Added to the variance by the batch norm. */
  epsilon: number;
}

/** A max pool; with a kernel of 1 it takes every second pixel. */
export interface PoolLayer {
  kind: "maxpool";
  name: string;
  /** Name of the layer whose output it reads. */
  input: string;
  /** Side of the window, in pixels. */
  kernel: number;
  /** Distance between two windows, in pixels. */
  stride: number;
  /** Zeros around the input. They never win, as its input went through a relu. */
  padding: Padding;
  /** Channels, in and out. */
  outChannels: number;
  /** Side of the output, in pixels. */
  size: number;
}

/** The mean over all pixels of each channel. */
export interface GlobalPoolLayer {
  kind: "avgpool";
  name: string;
  /** Name of the layer whose output it reads. */
  input: string;
  /** Channels, in and out. */
  outChannels: number;
  /** Side of the output: 1. */
  size: 1;
}

/** A layer of the graph. */
export type Layer = ConvLayer | PoolLayer | GlobalPoolLayer;

/** A ResNet for images of one size. */
export interface Graph {
  spec: ResNetSpec;
  /** Side of the image, in pixels. */
  imageSize: number;
  /** The layers, each after those it reads. */
  layers: Layer[];
}

/**
 * Leaves the global pool out of a graph.
 *
 * An engine that is opened with it returns F32 `[H, W, D]` for each view, where
 * it would return the mean over H and W.
 *
 * @returns The layers before the pool; the last one ends with a relu.
 */
export function withoutPool(graph: Graph): Graph {
  const layers = graph.layers.filter(({ kind }) => kind !== "avgpool");
  return { ...graph, layers };
}

/**
 * Counts the numbers that a graph makes of an image.
 *
 * @param graph The graph, with its pool or without.
 * @returns D, or H·W·D without the pool.
 */
export function outputLength(graph: Graph): number {
  const { size, outChannels } = graph.layers.at(-1)!;
  return size ** 2 * outChannels;
}

/** Counts the multiplications that the convolutions of a graph do for an image. */
export function multiplications(graph: Graph): number {
  return graph.layers.reduce((sum, layer) => {
    if (layer.kind !== "conv") return sum;
    const { kernel, size, inChannels, outChannels } = layer;
    return sum + kernel ** 2 * size ** 2 * inChannels * outChannels;
  }, 0);
}
