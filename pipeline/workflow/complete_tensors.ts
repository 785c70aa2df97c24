/**
 * The tensors of a run.
 *
 * @module
 */

import {
  planTensors,
  type TensorsResult,
  writeTensors,
} from "../stages/tensors.ts";
import type { IndexResult } from "./complete_index.ts";
import { openPhotos } from "./photos.ts";
import { openPool } from "./preprocess/pool.ts";
import { completeWork, type Session } from "./session.ts";

/**
 * Completes the tensors.
 *
 * @param session The run.
 * @param index The dataset index.
 * @returns The complete stage.
 * @throws {DatasetError} If a photo is not what was indexed, or too few can be used.
 */
export async function completeTensors(
  session: Session,
  index: IndexResult,
): Promise<TensorsResult> {
  const { run: { config }, preprocessing: { geometry } } = session;
  const { data, shardSize, strict } = config;
  const work = planTensors(index, { geometry, shardSize });
  const { dataset } = index;
  const open = () => openPhotos(data);
  const options = {
    dataset,
    openPhotos: open,
    geometry,
    strict,
    openPreprocessor: openPool,
  };
  return await completeWork(
    session,
    work,
    () => writeTensors(work, options, session),
  );
}
