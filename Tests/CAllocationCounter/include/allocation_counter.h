#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/* Begins to count the heap allocations of the calling thread. */
void allocation_counter_start(void);

/* Ends counting and returns how often the calling thread asked for heap memory since the start. */
long allocation_counter_stop(void);

#endif
