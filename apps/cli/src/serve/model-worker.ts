import { serve } from "@xdeep/worker/serve";

import { loadAnyModel } from "../models/load-any-model.ts";
import type { LoadFlags } from "../models/model-loader.ts";

/** The script of the threads that run served models. */
serve(async (path: string, flags: LoadFlags) => (await loadAnyModel(path, flags)).model);
