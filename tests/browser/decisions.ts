import { bytesSource, verifyRun } from "../../evidence/verify/decisions/mod.ts";
import "./checking.ts";

globalThis.checkRecord = (files, kept) => verifyRun(bytesSource(files), kept);
