/** The programmatic interface of trexgen; the command line uses nothing else for its work. */
export { UserError } from './errors.js';
export { ToolError } from './tools/run.js';
export { packageVersion } from './tools/package.js';

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
export { renderDesign, type Design, type DesignManifest } from './rtl/manifest.js';
export type { RtlFile, Unit } from './rtl/render.js';
export { writeDesign } from './rtl/write.js';
export { defaultFlowOptions, type FlowOptions } from './flows/flow.js';

// Hosts
export { ChipHost, HostError, type ChipBus, type Completion } from './host/chip-host.js';
export { driverModel, driverModelFile, type DriverModel } from './host/model.js';

// Images: what the hardware runs
export { disassemble, type Line } from './program/disassemble.js';
export { readImage, writeImage, type Image } from './program/image.js';
export type { Manifest } from './program/manifest.js';
export type { CodebookMatrix, Operation, PackedModel } from './program/operation.js';
export { coldShapes, coldTraffic, windowTraffic, type Interface } from './program/traffic.js';
export { widened } from './program/widen.js';

// The golden model and its ledger of bytes
export { coldLedger, windowLedger } from './golden/ledger.js';
export { predictedClass, runGolden, type GoldenOptions, type GoldenRun } from './golden/run.js';

// Simulation and lint by external tools
export { lintAll } from './sim/lint.js';
export { buildSimulation, runSimulation, simulators, type BuildRequest, type Executable, type SimulationResult, type SimulationRun, type Simulator } from './sim/build.js';

// Models: data, checkpoints, training, compression
export { taskNames, type Dataset, type Example, type SplitName, type TaskName } from './data/dataset.js';
export { loadTask } from './data/load.js';
export { loadCheckpoint, loadEncoder, saveEncoder, type Checkpoint } from './model/checkpoint.js';
export { runTraining, trainStages, type TrainReport, type TrainRequest, type TrainStage } from './train/run.js';
export * from './compress/index.js';
export * from './evaluate/index.js';

// Mechanisms: cycles and bytes without simulating, energy, published shapes, requests over time
export { predict, type Prediction, type PredictRequest } from './analytic/predict.js';
export type { Memory } from './analytic/read-port.js';
export { windowActivity, type Activity } from './energy/activity.js';
export { estimateEnergy, type EnergyEstimate } from './energy/estimate.js';
export { energyTable, readEnergyTable, type EnergyTable } from './energy/table.js';
export { buildWorkload, codings, workloadRequests, type BuildOptions, type Coding } from './workload/build.js';
export { scaledDown, withEnds, workloads, type WorkloadName, type WorkloadShape } from './workload/shapes.js';
export { drawTrace } from './trace/draw.js';
export { measureTrace, type TraceCase, type TraceRow } from './trace/measure.js';
export { parseTrace, readTrace, type TracedRequest } from './trace/trace-file.js';
export { synthesize, type SynthRequest } from './synth/run.js';
export type { SynthReport } from './synth/report.js';
export { targetNames, type TargetName } from './synth/targets.js';

// The design space: sweeps, differences of configurations, pictures of a design
export { diffConfigs, namedParams, type ConfigDiff, type DiffRequest } from './diff/run.js';
export { blocksDot, blocksSvg } from './report/blocks.js';
export { logicGates } from './sweep/area.js';
export { fidelities, type Fidelity } from './sweep/key.js';
export { objectives, type ObjectiveName, type Objectives } from './sweep/objectives.js';
export { bestFirst, paretoFront } from './sweep/pareto.js';
export { planSweep, type SweepFile, type SweepOptions, type SweepPlan } from './sweep/plan.js';
export { sweepReport } from './sweep/report.js';
export { sweep, type Sweep, type SweepSettings, type SweptPoint } from './sweep/run.js';
export { drawPoints, type Drawn, type Point } from './sweep/space.js';
export { sweepCsv, sweepJson } from './sweep/table.js';
