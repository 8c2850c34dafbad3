import { bytesSource, verifyRun } from "../../evidence/verify/mod.ts";
import "./checking.ts";

globalThis.checkRecord = (files, kept) => verifyRun(bytesSource(files), kept);
