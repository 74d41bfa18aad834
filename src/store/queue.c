/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "store/store_impl.h"

void queue_init(struct queue *q)
{
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->some, NULL);
}

void queue_add(struct queue *q, struct store_work *w)
{
	w->next = NULL;
	w->queued_at = clock_ticks();
	pthread_mutex_lock(&q->lock);
	struct store_work **head = w->background ? &q->back_head : &q->head;
	struct store_work **tail = w->background ? &q->back_tail : &q->tail;

	if (*head)
		(*tail)->next = w;
	else
		*head = w;
	*tail = w;
	q->n++;
	pthread_cond_signal(&q->some);
	pthread_mutex_unlock(&q->lock);
}

static struct store_work *pop(struct queue *q, struct store_work **head)
{
	struct store_work *w = *head;

	*head = w->next;
	w->next = NULL;
	q->n--;
	return w;
}

size_t store_queue_take(struct queue *q, struct store_work **to, size_t max, bool back)
{
	size_t n = 0;

	pthread_mutex_lock(&q->lock);
	while (!q->head && !q->back_head && !q->stop)
		pthread_cond_wait(&q->some, &q->lock);
	if (q->back_head && (back || !q->head))
		to[n++] = pop(q, &q->back_head);
	while (q->head && n < max)
		to[n++] = pop(q, &q->head);
	pthread_mutex_unlock(&q->lock);
	return n;
}

size_t store_queue_join(struct queue *q, const size_t *busy, bool enough, struct store_work **to,
			size_t max)
{
	size_t n = 0;

	pthread_mutex_lock(&q->lock);
	while (*busy && (max == 0 || !q->head))
		pthread_cond_wait(&q->some, &q->lock);
	while (q->head && n < max && (*busy || !enough))
		to[n++] = pop(q, &q->head);
	pthread_mutex_unlock(&q->lock);
	return n;
}

void queue_stop(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->stop = true;
	pthread_cond_broadcast(&q->some);
	pthread_mutex_unlock(&q->lock);
}
