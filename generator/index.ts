/** The programmatic interface of trexgen, docs/api.md; the command line uses nothing else for its work. */

// What the commands do
export { compress, type CompressOptions } from './api/compress.js';
export { diff, type DiffOptions } from './api/diff.js';
export { doctor, type Diagnosis, type DoctorOptions, type PackageState, type ToolState } from './api/doctor.js';
export { evaluate, type EvaluateOptions } from './api/evaluate.js';
export { explain, type ExplainOptions } from './api/explain.js';
export { generate, type Generated, type GenerateOptions } from './api/generate.js';
export { paramsOf, type HardwareOptions } from './api/hardware.js';
export { importCheckpoint, type ImportCheckpointOptions } from './api/import.js';
export { init, type InitOptions } from './api/init.js';
export { inspect, type Inspection } from './api/inspect.js';
export { reproduce, reproduceExtent, type ReproduceOptions, type ReproduceResult } from './api/reproduce.js';
export { run, type RunOptions } from './api/run.js';
export { simulate, simulateDefaults, type SimulateOptions } from './api/simulate.js';
export { start, type StartOptions } from './api/start.js';
export { sweep, type SweepOptions, type SweepResult } from './api/sweep.js';
export { place, type PlaceOptions } from './api/place.js';
export { synth, type SynthOptions } from './api/synth.js';
export { trace, type TraceOptions, type TraceResult } from './api/trace.js';
export { train, type TrainOptions } from './api/train.js';

// What they found, as text and as JSON
export { diffJson, diffText } from './studies/diff/text.js';
export { explainJson, explainText } from './studies/explain/text.js';
export { formatLines } from './program/disassemble.js';
export { reproduceJson, reproduceText } from './studies/reproduce/format-reproduction.js';
export { runJson, runText, type RunOutcome } from './report/run-text.js';
export { simulationJson, simulationText, type SimulationOutcome } from './report/simulation-text.js';
export type { SimulatedModel } from './report/simulation.js';
export { startText, type StartResult } from './report/start-text.js';
export { sweepJson, sweepText } from './studies/sweep/printed.js';
export { sweepCsv } from './studies/sweep/table.js';
export { sweepProgress } from './studies/sweep/progress.js';
export { tableOf as synthTable } from './synth/cell-counts.js';
export { traceJson, traceText } from './studies/requests/format-requests.js';

// Errors, and the folder of built simulations
export { Interrupted, ToolError, UserError, WriteError } from './util/errors.js';
export { Diverged } from './train/trainer.js';
export { useCacheFolder } from './util/cache-folder.js';
export { packageVersion } from './util/package.js';

// Parameters of the hardware
export { derive, type Derived } from './params/derived.js';
export { fields, type ChoiceField, type Field, type IntField, type Params, type ParamsInput } from './params/fields.js';
export { loadParams, type ParamsSource } from './params/load.js';
export { makeParams } from './params/params.js';
export { presetParams, presets, type PresetName } from './params/presets.js';
export { paramsSchema } from './params/schema.js';
export { memories, memoryBits, multipliers, streamRate, type MemorySize, type MultiplierSize, type StreamRate } from './params/sizes.js';

// Verilog
export { configHash, designSources, designUnits, topModule } from './rtl/design.js';
export { renderDesign, type Design, type DesignManifest } from './output/design-manifest.js';
export type { RtlFile, Unit } from './rtl/render.js';
export { writeDesign } from './output/write-design.js';
export { defaultFlowOptions, type FlowOptions } from './output/flows/flow.js';

// Hosts
export { ChipHost, HostError, type ChipBus, type Completion } from './host/chip-host.js';
export { driverModel, driverModelFile, type DriverModel } from './host/model.js';

// Images: what the hardware runs
export { disassemble, type Line } from './program/disassemble.js';
export { loadImage } from './program/image-file.js';
export { readImage, writeImage, type Image } from './program/image.js';
export type { Manifest } from './program/manifest.js';
export type { CodebookMatrix, Operation, PackedModel } from './program/operation.js';
export { coldShapes, coldTraffic, windowTraffic, type Interface } from './program/traffic.js';
export { widened } from './program/widen.js';

// The golden model and its ledger of bytes
export { coldLedger, windowLedger } from './golden/ledger.js';
export { largestOutput } from './golden/load-store.js';
export { runGolden, type GoldenOptions, type GoldenRun } from './golden/run-program.js';

// Simulation and lint by external tools
export { lintAll } from './sim/lint.js';
export {
  buildSimulation,
  runSimulation,
  simulators,
  type BuildRequest,
  type Executable,
  type SimulationResult,
  type SimulationRun,
  type Simulator,
} from './sim/build.js';

// Models: data, checkpoints, training, compression
export { outputKinds, type OutputKind } from './program/best.js';
export { defaultPolicy, policies, type Policy } from './contract/codes.js';
export { demoTaskNames, taskNames } from './data/built-in.js';
export { metricNames, type Dataset, type Example, type MetricName, type SplitName } from './data/dataset.js';
export type { TaskDescription } from './data/description.js';
export { isTaskPath, loadTask, taskOf } from './data/load.js';
export { loadCheckpoint, loadEncoder, saveEncoder, type Checkpoint } from './model/checkpoint.js';
export type { ImportOptions, ImportReport } from './import/imported.js';
export { trainStages, type TrainReport, type TrainRequest, type TrainStage } from './train/run-training.js';
export { calibrate } from './compress/calibrate.js';
export type { Range, Ranges } from './model/ranges.js';
export { embed } from './compress/embed.js';
export type { DenseLayer, Encoder, FactorizedLayer, Layer, Norm } from './model/encoder.js';
export { floatScore, integerScore, type Score } from './compress/evaluate.js';
export {
  codeShared,
  defaultRoles,
  factorizeEncoder,
  quantiseValues,
  randomFactors,
  type FactorOptions,
  type RoleMap,
} from './compress/factorize-encoder.js';
export { forward } from './compress/forward.js';
export { pack, type PackOptions } from './compress/pack.js';
export {
  compress as compressEncoder,
  ptc,
  type Compressed,
  type CompressOptions as CompressEncoderOptions,
  type StepReport,
} from './compress/pipeline.js';
export { formsJson, formsText } from './studies/budget/format-budget.js';
export type { FormCurve, FormPoint } from './studies/budget/search-forms.js';
export { compressJson, compressText, imageManifest } from './subject/format-compression.js';
export { compressCheckpoint, type CompressRequest, type CompressResult } from './subject/compress-checkpoint.js';
export { chooseScales, type Scales } from './compress/scales.js';
export { codingStats, type CodingStats } from './compress/stats.js';
export { pairedDifference, type Difference } from './studies/evaluate/bootstrap.js';
export { emaCases, measureEma, mixInputs, windowsOf, type Chain, type EmaCase, type EmaReport } from './studies/evaluate/ema.js';
export {
  evaluateTask,
  rowNames,
  type EvaluateRequest,
  type Evaluation,
  type Int8Model,
  type Row,
  type RowName,
} from './studies/evaluate/evaluate.js';
export { evaluationJson, evaluationText } from './studies/evaluate/format-evaluation.js';
export { scoreOf, tallyOf, valueOf, type Answers, type Measure, type Tally } from './subject/metrics.js';
export { floatAnswers, floatTally, goldenAnswers, goldenTally } from './subject/tally.js';

// Mechanisms: cycles and bytes without simulating, energy, published shapes, requests over time
export { predict, type Prediction, type PredictRequest } from './analytic/predict.js';
export type { Memory } from './analytic/read-port.js';
export { windowActivity, type Activity } from './analytic/energy/activity.js';
export { estimateEnergy, type EnergyEstimate } from './analytic/energy/estimate.js';
export { energyTable, readEnergyTable, type EnergyTable } from './analytic/energy/table.js';
export { buildWorkload, codings, workloadRequests, type BuildOptions, type Coding } from './subject/workload/build.js';
export {
  defaultInputs,
  openSubject,
  taskSubject,
  workloadSubject,
  type SubjectSource,
  type TaskModelOptions,
  type TaskSubject,
  type WorkloadOptions,
} from './subject/open.js';
export type { Inputs, ModelWithInputs, Subject } from './subject/subject.js';
export { scaledDown, withEnds, workloadChoices, workloads, type WorkloadName, type WorkloadShape } from './subject/workload/shapes.js';
export { drawTrace } from './studies/requests/draw.js';
export { measureTrace, type TraceCase, type TraceRow } from './studies/requests/measure.js';
export { parseTrace, readTrace, type TracedRequest } from './studies/requests/trace-file.js';
export { defaultLiberty, type SynthRequest } from './synth/synthesize.js';
export type { SynthReport } from './synth/cell-counts.js';
export { targetNames, type TargetName } from './synth/targets.js';
export { placeTools, readPostRoute, type PlaceTool } from './synth/post-route/place.js';
export { postRouteTable, type PostRouteCounts, type PostRouteReport } from './synth/post-route/table.js';

// The design space: sweeps, differences of configurations, pictures of a design
export type { ConfigDiff, Named } from './studies/diff/compare-configs.js';
export type { Change } from './studies/explain/changes.js';
export type { Explanation } from './studies/explain/explain.js';
export type { Limit, LimitShare } from './studies/explain/limits.js';
export { blocksDot, blocksSvg } from './report/blocks.js';
export { logicGates } from './studies/sweep/area.js';
export { fidelities, type Fidelity } from './studies/sweep/key.js';
export { objectiveNames, objectives, type ObjectiveName, type Objectives } from './studies/sweep/objectives.js';
export { bestFirst, paretoFront } from './studies/sweep/pareto.js';
export { planSweep, type SweepFile, type SweepPlan } from './studies/sweep/plan.js';
export { searches } from './studies/sweep/search/request.js';
export {
  launchers,
  onInterrupts,
  type Incident,
  type LauncherName,
  type LaunchRecord,
  type SlurmOptions,
} from './studies/sweep/launch/launcher.js';
export { keeps } from './studies/sweep/kept-files.js';
export type { LaunchOptions } from './studies/sweep/launch/request.js';
export { axisKeys, runFields } from './studies/sweep/fields.js';
export type { Sweep, SweepSettings, SweptPoint } from './studies/sweep/run-sweep.js';
export { drawPoints, type Drawn, type Point } from './studies/sweep/space.js';
