import { testSchedules } from "./scale";

testSchedules(2, 2);
